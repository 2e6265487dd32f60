# The front door (src/web/root.rs).
landing-title = What you have and until when
landing-intro = Choose where to enter. If you bought in the shop, enter as a customer.
landing-customer = Enter as a customer
landing-staff = Enter the back office
