/**
 * Drills: a lab is started, broken, watched while it recovers, and held against the truth that only
 * the lab knows. The services are not told.
 */
package io.arbitex.recovery.lab.drill;
