import { Controller, Get, Header, Headers } from '@nestjs/common'
import { localeFrom } from '@postern/core/http'
import { settingsPage } from '../settings-page.ts'

@Controller('settings')
export class SettingsController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(@Headers('accept-language') languages: string | undefined): string {
    return settingsPage(localeFrom(languages))
  }
}
