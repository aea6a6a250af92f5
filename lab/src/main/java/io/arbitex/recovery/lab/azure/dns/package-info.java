/** Zones of DNS, public and private, their record sets, and what a name resolves to by them. */
package io.arbitex.recovery.lab.azure.dns;
