namespace KrabAuth.Storage;

/// <summary>A product whose files KrabAuth shares.</summary>
public enum Product
{
    /// <summary>The default.</summary>
    KrabKrab,

    /// <summary>OpenClaw.</summary>
    OpenClaw,

    /// <summary>Moltbot, which keeps Clawdbot's directory.</summary>
    Moltbot,

    /// <summary>Clawdbot.</summary>
    Clawdbot,
}
