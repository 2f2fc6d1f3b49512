export { FlowAggregator, type FlowAggregatorOptions } from './core/flows/flow-aggregator.ts';
export type { FlowLogs, TaggedFlows } from './core/flows/flow-window.ts';
export type { ClosedMinute } from './core/flows/partition-windows.ts';
export { type MetricsOptions, TrafficMetrics } from './core/metrics/metrics.ts';
export { prometheusPage } from './core/metrics/prometheus.ts';
export { type RequestLogs, requestLogs, type TaggedRequests } from './core/requests/request-logs.ts';
