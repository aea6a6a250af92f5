/** What the lab's servers show to their clients and demand of them: certificates and tokens. */
package io.arbitex.recovery.lab.credentials;
