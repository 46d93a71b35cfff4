/** The real OpenTelemetry SDK, keeping what it is told in memory. */

import { metrics, trace, type Attributes } from '@opentelemetry/api'
import {
  AggregationTemporality,
  MeterProvider,
  MetricReader,
  type DataPoint,
  type Histogram,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace'

class Reader extends MetricReader {
  protected async onShutdown() {}
  protected async onForceFlush() {}
}

export type Recorders = ReturnType<typeof recorders>

/** Registered with the API until `stop`. */
export function recorders() {
  const exporter = new InMemorySpanExporter()
  const reader = new Reader()
  // Forgets what is not observed any more, which the other one keeps.
  const forgetful = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA })
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
  )
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader, forgetful] }))

  const points = async (name: string, from = reader): Promise<readonly DataPoint<unknown>[]> => {
    const { resourceMetrics } = await from.collect()
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    return all
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }): readonly DataPoint<unknown>[] => dataPoints)
  }

  return {
    stop: () => {
      trace.disable()
      metrics.disable()
    },
    /** In the order they were made. */
    spans: (): readonly ReadableSpan[] => exporter.getFinishedSpans(),
    /** Counts by attribute, e.g. `{ 'completed': 2 }`. */
    counts: async (name: string, ...attributes: readonly string[]): Promise<Record<string, number>> =>
      Object.fromEntries(
        (await points(name)).map((point) => [named(point.attributes, attributes), point.value as number]),
      ),
    /** Sums of histograms by attribute, in their unit. */
    sums: async (
      name: string,
      ...attributes: readonly string[]
    ): Promise<Record<string, number | undefined>> =>
      Object.fromEntries(
        (await points(name)).map((point) => [
          named(point.attributes, attributes),
          (point.value as Histogram).sum,
        ]),
      ),
    gauge: async (name: string): Promise<number | undefined> =>
      (await points(name, forgetful))[0]?.value as number,
    /** All that was told, as one text. */
    text: async (): Promise<string> => {
      const { resourceMetrics } = await reader.collect()
      const spans = exporter.getFinishedSpans().map(({ name, attributes, events, status }) => ({
        name,
        attributes,
        events,
        status,
      }))
      return JSON.stringify([spans, resourceMetrics.scopeMetrics])
    },
  }
}

const named = (attributes: Attributes, names: readonly string[]) =>
  names.map((name) => String(attributes[`stagecraft.${name}`])).join(' ')

/** Milliseconds of a span's times. */
export const timesOf = ({ startTime, endTime }: ReadableSpan): readonly [number, number] => [
  ms(startTime),
  ms(endTime),
]

const ms = ([seconds, nanoseconds]: readonly [number, number]) =>
  seconds * 1_000 + Math.round(nanoseconds / 1e6)
