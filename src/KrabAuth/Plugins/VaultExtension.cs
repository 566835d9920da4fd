using System.ComponentModel;
using System.Management.Automation;

namespace KrabAuth.Plugins;

/// <summary>
/// Loads the extension that makes KrabAuth a vault, and only where SecretManagement imports KrabAuth to have one. A nested module of
/// the manifest, which is the usual way, would be loaded with every import.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class VaultExtension : IModuleAssemblyInitializer
{
    private const string Manager = "Microsoft.PowerShell.SecretManagement,";

    /// <summary>
    /// SecretManagement works in a session of its own: with a script that has one of these parameters, it imports the module when a
    /// vault is registered and when one is first used, and then calls the extension's functions by its name.
    /// </summary>
    private const string Import = """
        param($Path)
        if ($SecretMgtModulePath -or $ImplementingModuleName -eq 'KrabAuth.Extension') { Import-Module $Path -Scope Global -ErrorAction Stop }
        """;

    /// <inheritdoc/>
    public void OnImport()
    {
        // Looking at the names of assemblies is all that it costs a session that has nothing to do with vaults; taking each name apart
        // would cost a millisecond of the import.
        if (!Array.Exists(AppDomain.CurrentDomain.GetAssemblies(), static assembly => assembly.FullName!.StartsWith(Manager, StringComparison.Ordinal))) return;
        string extension = Path.Combine(Path.GetDirectoryName(typeof(VaultExtension).Assembly.Location)!, "KrabAuth.Extension", "KrabAuth.Extension.psd1");
        using PowerShell script = PowerShell.Create(RunspaceMode.CurrentRunspace).AddScript(Import).AddArgument(extension);
        script.Invoke();
    }
}
