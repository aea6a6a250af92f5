/** The Azure Resource Manager of the lab: paths, errors and answers as its clients know them. */
package io.arbitex.recovery.lab.azure.api;
