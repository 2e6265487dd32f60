-- What an account is besides a customer.
CREATE TABLE account_roles (
    account_id BIGINT UNSIGNED NOT NULL,
    role VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (account_id, role),
    KEY ix_account_roles_role (role, account_id),
    CONSTRAINT ck_account_roles_role CHECK (role IN ('customer', 'partner', 'institution_manager', 'distributor', 'technician')),
    CONSTRAINT fk_account_roles_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
