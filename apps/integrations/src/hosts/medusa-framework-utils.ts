/** The exports of `@medusajs/framework/utils` that a notification provider uses, from the package that it re-exports. With all dependencies, that package is 192 MB. */
export { MedusaError } from '../../node_modules/@medusajs/utils/dist/common/errors.js'
export { Modules } from '../../node_modules/@medusajs/utils/dist/modules-sdk/definition.js'
export { ModuleProvider } from '../../node_modules/@medusajs/utils/dist/modules-sdk/module-provider.js'
export { AbstractNotificationProviderService } from '../../node_modules/@medusajs/utils/dist/notification/abstract-notification-provider.js'
