/**
 * The lab's Azure, a process of its own: the part of Azure that its client libraries need for
 * flexible servers of PostgreSQL, over real PostgreSQL servers, and for secrets of key vaults, DNS,
 * disks, snapshots, managed clusters and their backup vaults. It survives being killed, and goes
 * wrong on demand. What it does not do stands in {@code docs/lab.md}.
 */
package io.arbitex.recovery.lab.azure;
