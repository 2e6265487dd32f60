# La puerta de entrada (src/web/root.rs).
landing-title = Qué tienes y hasta cuándo
landing-intro = Elige por dónde entrar. Si compraste en la tienda, entra como cliente.
landing-customer = Entrar como cliente
landing-staff = Entrar al panel
