-- set_digest: a new password of a phone. $1 text key, $2 text HA1 with MD5, $3 text HA1 with SHA-256.
UPDATE peer SET ha1_md5 = $2, ha1_sha256 = $3 WHERE key = $1
