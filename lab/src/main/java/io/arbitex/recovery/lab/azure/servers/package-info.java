/**
 * The flexible servers of the lab's subscription: what is known of each, and what is done to it.
 */
package io.arbitex.recovery.lab.azure.servers;
