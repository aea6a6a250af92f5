/**
 * What a recovery point of a cluster holds: its objects, read from the cluster's API, kept in a
 * file, and applied to another cluster by its API.
 */
package io.arbitex.recovery.lab.azure.protection.contents;
