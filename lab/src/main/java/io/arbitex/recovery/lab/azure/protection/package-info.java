/**
 * Backup vaults for managed clusters: what is protected, its recovery points, and the jobs that
 * back up and restore. A job goes on when the process was killed.
 */
package io.arbitex.recovery.lab.azure.protection;
