/**
 * What Kubernetes objects are, as plain functions over JSON: the kinds, names, selectors, defaults
 * and fields that may not change. Nothing here does I/O or looks at a clock.
 */
package io.arbitex.recovery.lab.kubernetes.objects;
