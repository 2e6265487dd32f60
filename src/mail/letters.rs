//! What our e-mails say. One template per letter and language: the first line is the subject, then an empty line.
use askama::Template;

use super::MailError;
use crate::core::secret::Secret;

/// A letter, ready to be addressed.
#[derive(Debug)]
pub struct Letter {
    pub subject: String,
    pub body: Secret,
}

#[derive(Debug, Template)]
#[template(path = "emails/sign_in_link.es.txt")]
struct SignInLinkEs<'a> {
    url: &'a str,
    minutes: i64,
}

#[derive(Debug, Template)]
#[template(path = "emails/sign_in_link.en.txt")]
struct SignInLinkEn<'a> {
    url: &'a str,
    minutes: i64,
}

/// The link that signs a customer in.
pub fn sign_in_link(locale: &str, url: &str, minutes: i64) -> Result<Letter, MailError> {
    let text = if locale.starts_with("en") {
        SignInLinkEn { url, minutes }.render()
    } else {
        SignInLinkEs { url, minutes }.render()
    };
    letter(&text.map_err(|_| MailError::Template)?)
}

/// A rendered template as a letter.
pub fn letter(text: &str) -> Result<Letter, MailError> {
    let (subject, body) = text.split_once("\n\n").ok_or(MailError::Template)?;
    Ok(Letter { subject: subject.trim().to_owned(), body: Secret::new(body.trim_start()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_names_its_link_and_how_long_it_works_in_both_languages() {
        let url = "https://abono.example/account/enter?token=abc-_";
        for (locale, subject) in [("es", "Tu enlace para entrar"), ("en", "Your sign-in link")] {
            let letter = sign_in_link(locale, url, 15).unwrap();
            assert_eq!(letter.subject, subject);
            assert!(letter.body.reveal().contains(&format!("\n{url}\n")), "{locale}");
            assert!(letter.body.reveal().contains("15 min"), "{locale}");
        }
    }
}
