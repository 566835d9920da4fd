using System.ComponentModel;
using System.Management.Automation;

namespace KrabAuth.Feedback;

/// <summary>Leaves nothing behind when the module is removed.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => ErrorFeedback.Unregister();
}
