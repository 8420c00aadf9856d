/** What a workload of the demo does all day, as the real applications do. */
export interface Habit {
  /** `NAMESPACE/APP` of the pods that call. */
  readonly from: string;
  /** `NAMESPACE/SERVICE` that they call, and its port. */
  readonly to: string;
  readonly port: number;
  readonly perHour: number;
}

/** Two callers without a sidecar among callers with one: what STRICT would break in each of the meshes. */
export const habits: readonly Habit[] = [
  { from: 'legacy/sleep', to: 'foo/httpbin', port: 8000, perHour: 360 },
  { from: 'foo/sleep', to: 'bar/httpbin', port: 8000, perHour: 120 },
  { from: 'bar/sleep', to: 'foo/httpbin', port: 8000, perHour: 60 },
  { from: 'bookinfo/sleep', to: 'bookinfo/productpage', port: 9080, perHour: 12 },
  { from: 'bookinfo/productpage', to: 'bookinfo/details', port: 9080, perHour: 240 },
  { from: 'bookinfo/productpage', to: 'bookinfo/reviews', port: 9080, perHour: 240 },
  { from: 'bookinfo/reviews', to: 'bookinfo/ratings', port: 9080, perHour: 160 },
  { from: 'hipster-shop/loadgenerator', to: 'hipster-shop/frontend', port: 80, perHour: 600 },
  { from: 'hipster-shop/frontend', to: 'hipster-shop/cartservice', port: 7070, perHour: 600 },
  {
    from: 'hipster-shop/frontend',
    to: 'hipster-shop/productcatalogservice',
    port: 3550,
    perHour: 900,
  },
];
