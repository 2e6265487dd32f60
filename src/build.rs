//! A new migration, text or static file must rebuild the binary that embeds it.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=templates/i18n");
    println!("cargo:rerun-if-changed=static");
}
