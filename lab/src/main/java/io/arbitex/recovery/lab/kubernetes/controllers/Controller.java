package io.arbitex.recovery.lab.kubernetes.controllers;

/** Brings the objects of one kind a step nearer to what they say. */
interface Controller {
  /** Does what is due now; it is called again after every change. */
  void reconcile();
}
