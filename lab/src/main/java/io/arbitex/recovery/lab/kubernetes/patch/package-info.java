/**
 * The arithmetic of the four kinds of patches that an API server takes, as plain functions over
 * JSON: JSON patch, merge patch, strategic merge patch, server-side apply.
 */
package io.arbitex.recovery.lab.kubernetes.patch;
