using System.Reflection;
using System.Runtime.CompilerServices;
using KrabAuth.Profiles;
using KrabAuth.Secrets;

namespace KrabAuth.Core.Tests.Conventions;

/// <summary>What holds of every public type and member of Core.</summary>
public sealed class ApiConventionTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The only doors through which a secret leaves as text.</summary>
    private static readonly string[] SecretDoors = ["Secret.Reveal", "CredentialManager.Headers"];

    /// <summary>What people type: texts that come in, on their way to a store.</summary>
    private static readonly string[] SecretEntrances = ["NewSecret.SecretText", "ProfileChanges.SecretText"];

    private static readonly Type[] PublicTypes = [.. typeof(AuthWorkspace).Assembly.GetExportedTypes()];

    [Fact]
    public void Types_are_sealed_or_static_or_closed()
        => Assert.All(PublicTypes, type => Assert.True(
            type.IsSealed || type.IsInterface || type.IsEnum || (type.IsAbstract && type.GetMethod("<Clone>$") is not null),
            $"{type} can be derived from"));

    [Fact]
    public void Types_live_in_a_namespace_of_the_product()
        => Assert.All(PublicTypes, type => Assert.True(type.Namespace == "KrabAuth" || type.Namespace!.StartsWith("KrabAuth.", StringComparison.Ordinal), type.FullName));

    [Fact]
    public void Nothing_that_is_named_like_a_secret_is_a_text()
    {
        string[] words = ["secret", "token", "password", "refresh", "access", "key"];
        string[] harmless = ["SecretHint", "SetupToken", "HasApiKey", "CancellationToken", "TokenCount", "ApiKeyCount", "ApiKeyMask"];
        IEnumerable<string> found = Members().Where(member => ReturnsText(member.Member)
                && words.Any(word => member.Member.Name.Contains(word, StringComparison.OrdinalIgnoreCase))
                && !harmless.Any(name => member.Member.Name.EndsWith(name, StringComparison.Ordinal)))
            .Select(member => member.Name);
        Assert.Equal(SecretEntrances.Order(StringComparer.Ordinal), found.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_member_gives_out_what_a_secret_holds()
    {
        // Behaviour, not names: every text that can be had from objects which hold this secret is searched for it.
        const string Text = "sk-a-secret-that-must-not-show";
        var key = Secret.Of(Text);
        object[] holders =
        [
            key, new ApiKeyCredential("p", key), new TokenCredential("p", key), new OAuthCredential("p", key, key) { IdToken = key },
            new UsableCredential("p:a", "p", CredentialType.ApiKey, key, DateTimeOffset.MaxValue),
            new KrabAuth.Storage.StoredProfile("p:a", new ApiKeyCredential("p", key)),
        ];
        foreach (object holder in holders)
        {
            IEnumerable<(string Name, object? Value)> values = holder.GetType().GetProperties(Declared & ~BindingFlags.DeclaredOnly)
                .Where(property => property.GetIndexParameters().Length == 0)
                .Select(property => (property.Name, property.GetValue(holder)))
                .Append((nameof(ToString), holder.ToString()))
                .Concat(holder.GetType().GetMethods(Declared)
                    .Where(method => method.GetParameters().Length == 0 && !method.IsSpecialName && !method.IsStatic && !SecretDoors.Contains($"{holder.GetType().Name}.{method.Name}"))
                    .Select(method => (method.Name, method.Invoke(holder, null))));
            Assert.All(values, value => Assert.DoesNotContain(Text, $"{value.Value}", StringComparison.Ordinal));
            Assert.DoesNotContain(Text, System.Text.Json.JsonSerializer.Serialize(holder, holder.GetType()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Asynchronous_methods_say_so_and_can_be_cancelled()
    {
        List<(string Name, MethodInfo Method)> methods = [.. Members().Where(member => member.Member is MethodInfo).Select(member => (member.Name, (MethodInfo)member.Member))];
        Assert.Contains(methods, method => IsTask(method.Method));
        Assert.All(methods, method =>
        {
            Assert.True(IsTask(method.Method) == method.Method.Name.EndsWith("Async", StringComparison.Ordinal), method.Name);
            if (IsTask(method.Method)) Assert.True(method.Method.GetParameters()[^1].ParameterType == typeof(CancellationToken), $"{method.Name} cannot be cancelled");
        });
    }

    [Fact]
    public void Nothing_is_public_that_can_be_changed_from_outside()
    {
        Assert.All(PublicTypes.Where(type => !type.IsEnum).SelectMany(type => type.GetFields(Declared)), field => Assert.True(field.IsInitOnly || field.IsLiteral, $"{field.DeclaringType}.{field.Name}"));
        Assert.All(PublicTypes.SelectMany(type => type.GetProperties(Declared)).Where(property => property.SetMethod is { IsPublic: true }), property =>
            Assert.Contains(property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers(), modifier => modifier == typeof(IsExternalInit)));
    }

    [Fact]
    public void Core_knows_neither_powershell_nor_a_console()
    {
        IEnumerable<string?> references = typeof(AuthWorkspace).Assembly.GetReferencedAssemblies().Select(name => name.Name);
        Assert.DoesNotContain("System.Console", references);
        // Microsoft.Win32.Primitives is of the base class library too: the exception of a program that cannot be started.
        Assert.All(references.Where(name => name != "Microsoft.Win32.Primitives"), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, MemberInfo Member)> Members() => PublicTypes.SelectMany(type => type.GetMembers(Declared)
        .Where(member => member is MethodInfo { IsSpecialName: false } or PropertyInfo && member.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
        .Select(member => ($"{type.Name}.{member.Name}", member)));

    private static bool ReturnsText(MemberInfo member)
        => (member is PropertyInfo property ? property.PropertyType : ((MethodInfo)member).ReturnType) == typeof(string);

    private static bool IsTask(MethodInfo method) => typeof(Task).IsAssignableFrom(method.ReturnType);
}
