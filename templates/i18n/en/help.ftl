# Help (src/help). The long texts are in templates/help/en.html.
help-intro = How Abono works, on one page.
help-contents = On this page
help-order = From a paid order to sessions
help-free = Free sessions
help-states = What each state means
help-shop = When a shop stops telling us
help-accounts = Who is who: accounts
help-roles = What each role may do
help-app = Connect an app
help-words = Words
