/**
 * {@code cutover.database}: the platform moves to a proven database. The source is looked at once
 * more and fenced, what a living one holds beyond the restore point is exported, the target gets
 * new credentials, and the connection secret is switched, which is the point of no return.
 */
package io.arbitex.recovery.executors.cutover;
