/**
 * What a flexible server is here: a real PostgreSQL with checksums, its archive of write-ahead log,
 * its base backups, its access file, and point-in-time recovery from them.
 */
package io.arbitex.recovery.lab.azure.postgresql;
