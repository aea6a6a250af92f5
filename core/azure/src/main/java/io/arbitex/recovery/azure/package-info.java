/**
 * The way to Azure, for whoever asks it something: endpoint, credential and trust as the inventory
 * has them, behind Azure's own client libraries. What is asked, and what an answer means, is
 * theirs. Only how the cluster is reached that a platform is bound to is asked here, since all
 * services need it.
 */
package io.arbitex.recovery.azure;
