-- Statistics leave test accounts out; there are few of them.
ALTER TABLE accounts ADD KEY ix_accounts_test (is_test);
