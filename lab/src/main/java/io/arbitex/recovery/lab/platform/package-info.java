/**
 * A small Arbitex platform: takes audit events over HTTP and writes them as an HMAC chain into
 * PostgreSQL. It knows nothing of recovery: it reads where its database is from a file and goes
 * there, as the real one does. Its chain arithmetic is its own, so that the verifier's is checked
 * against a second hand.
 */
package io.arbitex.recovery.lab.platform;
