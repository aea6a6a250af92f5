/**
 * The way to Azure, for whoever asks it something: endpoint, credential and trust as the inventory
 * has them, behind Azure's own client libraries. What is asked, and what an answer means, is
 * theirs.
 */
package io.arbitex.recovery.azure;
