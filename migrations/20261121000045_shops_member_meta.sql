-- Whether, and under which key, the shop's users carry their balance.
ALTER TABLE shops
    ADD COLUMN writes_member_meta BOOLEAN NOT NULL DEFAULT TRUE AFTER refund_policy,
    ADD COLUMN member_meta_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'mhtp_available_sessions' AFTER writes_member_meta;
