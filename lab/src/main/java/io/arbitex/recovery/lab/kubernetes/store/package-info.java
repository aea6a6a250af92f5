/**
 * Where the objects are: revisions, their history for watches, files that survive a kill, and the
 * rules of writing (conflicts, defaults, finalizers, deletion) that hold for every client, the
 * lab's own controllers too.
 */
package io.arbitex.recovery.lab.kubernetes.store;
