/**
 * A small Arbitex platform: takes audit events over HTTP and writes them as an HMAC chain into
 * PostgreSQL. It knows nothing of recovery: where its database is stands in its environment, as in
 * the real one's pods, so another database means other pods. Its chain arithmetic is its own, so
 * that the verifier's is checked against a second hand. Its image also has the programs that people
 * run in a pod: {@code alembic current} and the smoke tests.
 */
package io.arbitex.recovery.lab.platform;
