import { metrics, trace } from '@opentelemetry/api'
import { createTransport } from '@postern/nodemailer'
import { AggregationTemporality, ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { readConfig } from '../config.ts'
import { errorText } from '../error-text.ts'
import { setUpMail } from '../mail.ts'
import { observeMail, traceMail } from './opentelemetry.ts'

// Sends one message and prints its metrics and spans. A real app uses other exporters.
try {
  const exporter = new ConsoleMetricExporter({ temporalitySelector: () => AggregationTemporality.CUMULATIVE })
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] })
  metrics.setGlobalMeterProvider(meterProvider)
  trace.setGlobalTracerProvider(tracerProvider)

  const mail = await setUpMail(readConfig(process.env))
  const transport = createTransport(mail.settings, mail.transport)
  observeMail(transport, metrics.getMeter('mail'))
  traceMail(trace.getTracer('mail'))

  await transport.sendMail({ from: mail.from, to: mail.to, subject: 'Counted', text: 'By OpenTelemetry.' })

  await meterProvider.shutdown()
  await tracerProvider.shutdown()
  transport.close()
  await mail.close()
} catch (error) {
  console.error(errorText(error))
  process.exitCode = 1
}
