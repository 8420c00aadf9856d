/** Where a route sends a part of what it takes. */
export interface RouteTarget {
  /** As it is written: a short name is of the route's own namespace. */
  readonly host: string;
  readonly subset: string | undefined;
  readonly port: number | undefined;
  readonly weight: number;
}

/** When a route is taken, as far as the client and the port decide that. */
export interface RouteMatch {
  readonly port: number | undefined;
  readonly sourceNamespace: string | undefined;
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly gateways: readonly string[];
  /** Of TLS: names that the client asks for. */
  readonly sniHosts: readonly string[];
  /** It asks for more, which each request or connection may or may not have: paths, headers, addresses. */
  readonly byRequest: boolean;
}

/** A route of a VirtualService. */
export interface Route {
  readonly protocol: 'http' | 'tls' | 'tcp';
  /** Its place in the object: `spec.http[0]`. */
  readonly field: string;
  /** Any of them; none is for everything. */
  readonly matches: readonly RouteMatch[];
  /** Empty for a route by which the proxy answers itself. */
  readonly targets: readonly RouteTarget[];
  /** Another VirtualService has the rest of the route. */
  readonly delegate: { readonly namespace: string; readonly name: string } | undefined;
}

export interface VirtualServiceSpec {
  readonly hosts: readonly string[];
  /** Empty for the sidecars of the mesh. */
  readonly gateways: readonly string[];
  /** Empty means the mesh default. */
  readonly exportTo: readonly string[];
  /** In the order in which each protocol tries them. */
  readonly routes: readonly Route[];
}
