/**
 * What a living source holds beyond the restore point is written out before the platform leaves it:
 * nobody who said that an event was taken shall have lied. Files of JSON lines, gzip, with a
 * manifest beside them; the source is only read.
 */
package io.arbitex.recovery.executors.salvage;
