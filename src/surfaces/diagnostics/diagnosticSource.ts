/** The name under which the editor lists our problems. */
export const DIAGNOSTIC_SOURCE = 'istio-mtls';
