using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KrabAuth.Interop;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>What holds of every store and every sign-in of another program.</summary>
public sealed class ExternalLoginProperties
{
    private const long Now = FrozenClock.VectorNow;
    private const string Id = "openai-codex:codex-cli";

    private static Gen<long> Time => Gen.Elements(-1L, 1L, Now - 1, Now, Now + 1, Now + 60_000, Now + 3_600_000);

    private static Gen<Credential> Credentials(string provider) =>
        from kind in Gen.Elements(0, 1, 1, 1, 2)
        from access in Gen.Elements("a1", "a2", "a3")
        from refresh in Gen.Elements("r1", "r2", "r3")
        from account in Gen.Elements<string?>(null, null, "one", "two")
        from email in Gen.Elements<string?>(null, null, "A@x", "a@x", "b@x")
        from hasEnd in Gen.Elements(true, true, true, false)
        from end in Time
        select kind switch
        {
            0 => new TokenCredential(provider, Secret.Of(access)) { Expires = hasEnd ? end : null, Email = email },
            1 => (Credential)new OAuthCredential(provider, Secret.Of(access), Secret.Of(refresh)) { Expires = hasEnd ? end : null, Email = email, AccountId = account },
            _ => new ApiKeyCredential(provider, Secret.Of(access)),
        };

    private static Arbitrary<(AuthStore Store, Credential? Stored, Credential Read)> Cases => Arb.From(
        from provider in Gen.Elements("openai-codex", "openai-codex", "openai-codex", "codex-cli", "acme")
        from stored in Credentials(provider)
        from isThere in Gen.Elements(true, true, true, false)
        from other in Credentials("openai-codex")
        from hasOther in Gen.Elements(true, false)
        from read in Credentials("openai-codex").Where(credential => credential is not ApiKeyCredential && credential.Expires > 0)
        select (
            new AuthStore([.. new[] { isThere ? new StoredProfile(Id, stored) : null, hasOther ? new StoredProfile("openai-codex:other", other) : null }.OfType<StoredProfile>()]),
            isThere ? stored : null,
            read));

    private static void Holds(Action<AuthStore, Credential?, Credential, ExternalLoginAction, string> property) => Property.Holds(Cases, input =>
    {
        (ExternalLoginAction action, string reason) = ExternalLoginRules.Decide(input.Store, Id, input.Read, Now);
        property(input.Store, input.Stored, input.Read, action, reason);
    });

    [Fact]
    public void Nothing_newer_is_replaced_by_something_older() => Holds((_, stored, read, action, reason) =>
    {
        if (action != ExternalLoginAction.Update || reason == ExternalReasons.Upgrade) return;
        Assert.NotNull(stored);
        Assert.Equal(stored.Type, read.Type);
        Assert.True(stored.Expires is not > 0 || read.Expires > stored.Expires);
        if (stored is TokenCredential) Assert.NotNull(stored.Expires);
    });

    [Fact]
    public void No_account_takes_the_place_of_another() => Holds((_, stored, read, action, _) =>
    {
        if (action != ExternalLoginAction.Update) return;
        Assert.True(KrabAuth.Routing.ProviderId.Same(stored!.Provider, read.Provider));
        if (stored is OAuthCredential ours && read is OAuthCredential theirs) Assert.True(Equals(ours.Refresh, theirs.Refresh) || AccountIdentity.IsSafeToAdopt(ours, theirs));
        else if (stored.Email is { } mail && read.Email is { } other) Assert.Equal(mail, other, ignoreCase: true);
    });

    [Fact]
    public void A_sign_in_that_renews_itself_never_becomes_one_that_does_not() => Holds((_, stored, read, action, _) =>
    {
        if (stored is OAuthCredential && read is TokenCredential) Assert.Equal(ExternalLoginAction.None, action);
        if (stored is ApiKeyCredential) Assert.Equal(ExternalLoginAction.None, action);
    });

    [Fact]
    public void No_two_profiles_get_one_refresh_token() => Holds((store, _, read, action, _) =>
    {
        bool isTaken = read is OAuthCredential login && store.Profiles.Any(profile => profile.Id != Id && profile.Credential is OAuthCredential other && Equals(other.Refresh, login.Refresh));
        if (isTaken) Assert.True(action is ExternalLoginAction.None or ExternalLoginAction.Remove);
        if (action == ExternalLoginAction.Remove) Assert.True(isTaken);
    });

    [Fact]
    public void What_was_taken_over_is_taken_over_once() => Holds((store, stored, read, action, _) =>
    {
        if (action is not (ExternalLoginAction.Add or ExternalLoginAction.Update)) return;
        Credential merged = ExternalLoginRules.Merge(stored, read);
        var after = new AuthStore([.. store.Profiles.Where(profile => profile.Id != Id), new StoredProfile(Id, merged)]);
        Assert.Equal((ExternalLoginAction.None, ExternalReasons.Unchanged), ExternalLoginRules.Decide(after, Id, read, Now));
        if (stored is not null) Assert.Equal((stored.Provider, stored.DisplayName), (merged.Provider, merged.DisplayName));
    });

    [Fact]
    public void A_splice_changes_the_members_that_are_named_and_no_other_byte() => Property.Holds(Generators.JsonTexts, json =>
    {
        string text = $$"""{ "x": {{json}}, "tokens" : { "access_token":"old", "list": [ { "access_token": 1 } ] } }""" + "\r\n";
        byte[] changed = JsonSplice.Replace(Encoding.UTF8.GetBytes(text), new Dictionary<string, string> { ["tokens/access_token"] = "\"new\"", ["nothing/here"] = "1" });
        Assert.Equal(text.Replace("\"old\"", "\"new\"", StringComparison.Ordinal), Encoding.UTF8.GetString(changed));
    });

    [Fact]
    public void A_splice_makes_what_an_edit_of_the_tree_would_make() => Property.Holds(Generators.JsonTexts, json =>
    {
        if (JsonNode.Parse(json) is not JsonObject root || StrictJson.Check(Encoding.UTF8.GetBytes(json)).Json is null) return;
        foreach (string name in root.Select(member => member.Key).ToList())
        {
            if (name.Contains('/', StringComparison.Ordinal) || root[name] is JsonObject or JsonArray) continue;
            byte[] changed = JsonSplice.Replace(Encoding.UTF8.GetBytes(json), new Dictionary<string, string> { [name] = "42" });
            JsonNode wanted = root.DeepClone();
            wanted[name] = 42;
            Assert.True(JsonNode.DeepEquals(wanted, JsonNode.Parse(changed)));
        }
    });
}
