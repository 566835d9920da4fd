// Stands in for the clients of providers, which the modules under test import and never call.
class Unused {}
export default Unused;
export {
  Unused as AzureOpenAI, Unused as BedrockClient, Unused as BedrockRuntimeClient, Unused as CachePointType, Unused as ConversationRole,
  Unused as ConverseStreamCommand, Unused as FinishReason, Unused as FunctionCallingConfigMode, Unused as GoogleGenAI, Unused as ImageFormat,
  Unused as ListFoundationModelsCommand, Unused as StopReason, Unused as ThinkingLevel, Unused as ToolResultStatus,
};
