using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>Runs code that meets closed doors also where the tests run as root, whom no mode stops.</summary>
[SupportedOSPlatform("linux")]
internal static class OtherUser
{
    private const uint Nobody = 65534;

    private delegate int SetFileSystemUser(uint id);

    /// <summary>Calls on a thread of its own, which ends with it: on Linux the user that files are asked for with is a thread's.</summary>
    /// <returns>The exception that came.</returns>
    public static Exception? Catch(Action action)
    {
        Exception? caught = null;
        var thread = new Thread(() =>
        {
            if (Environment.IsPrivilegedProcess)
            {
                var become = Marshal.GetDelegateForFunctionPointer<SetFileSystemUser>(NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "setfsuid"));
                _ = become(Nobody);
            }
            caught = Record.Exception(action);
        });
        thread.Start();
        thread.Join();
        return caught;
    }
}
