/** Managed disks and snapshots: folders, and copies of folders as of one moment. */
package io.arbitex.recovery.lab.azure.disks;
