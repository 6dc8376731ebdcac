import { expect, it } from 'vitest'
import type { TlsSettings } from '../settings/settings.ts'
import { strictestTls } from './strictest-tls.ts'

it.each<[what: string, own: TlsSettings | undefined, posted: TlsSettings | undefined, both: TlsSettings]>([
  ['nothing', undefined, undefined, {}],
  ['what is posted', undefined, { ca: 'B', servername: 'b.example' }, { ca: ['B'], servername: 'b.example' }],
  ['the operator’s authorities and the posted one', { ca: ['A'] }, { ca: 'B' }, { ca: ['A', 'B'] }],
  ['the operator’s name', { servername: 'a.example' }, { servername: 'b.example' }, { servername: 'a.example' }],
  ['the newer version, the operator’s', { minVersion: 'TLSv1.3' }, { minVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }],
  ['the newer version, the posted one', { minVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }, { minVersion: 'TLSv1.3' }],
])('has %s', (_, own, posted, both) => expect(strictestTls(own, posted)).toEqual(both))
