/**
 * What the procedures for databases share: the admin's door to a server, what its errors mean for a
 * step, and the owner's mark on a database that a recovery made.
 */
package io.arbitex.recovery.executors.database;
