using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Storage;

/// <summary>
/// Changes the texts of a store in place: what is not named here, known or unknown, keeps its place and its form.
/// In the two-file format order and use are read from both files and written to the second.
/// </summary>
internal sealed class AuthStoreEditor
{
    private readonly JsonObject _root;
    private readonly JsonObject? _state;

    public AuthStoreEditor(JsonObject root, JsonObject? state)
    {
        _root = root;
        _state = state;
    }

    /// <summary>Adds a credential, or changes the one there: members that KrabAuth does not know stay.</summary>
    public void Put(string id, Credential credential)
    {
        JsonObject profiles = Section(_root, "profiles");
        Credential? previous = null;
        if (profiles[id] is JsonObject entry)
        {
            previous = CredentialReader.Read(id, entry).Credential;
        }
        else
        {
            entry = [];
            profiles[id] = entry;
        }
        CredentialWriter.Write(entry, credential, previous);
    }

    /// <summary>Adds an entry as it is, unless its id is taken.</summary>
    /// <returns>Whether the entry is there now.</returns>
    public bool Adopt(string id, JsonObject entry)
    {
        JsonObject profiles = Section(_root, "profiles");
        return profiles.TryAdd(id, entry) || JsonNode.DeepEquals(profiles[id], entry);
    }

    /// <summary>Puts an entry as it is in the place of the one that has its id, or at the end.</summary>
    public void Replace(string id, JsonObject entry) => Section(_root, "profiles")[id] = entry;

    /// <summary>Adds a member to <c>order</c>, <c>lastGood</c> or <c>usageStats</c>, unless there is one of that name in either file.</summary>
    public void AdoptState(string section, string name, JsonNode value)
    {
        if (StateDocuments().Any(document => (document[section] as JsonObject)?.ContainsKey(name) == true)) return;
        Section(_state ?? _root, section)[name] = value;
    }

    /// <summary>Adds a copy of an entry under another id, directly behind it.</summary>
    public void Duplicate(string id, string copyId)
    {
        JsonObject profiles = Section(_root, "profiles");
        profiles.Insert(profiles.IndexOf(id) + 1, copyId, profiles[id]!.DeepClone());
    }

    /// <summary>Removes a profile and every reference to it. An order left empty goes too: an empty one would disable the provider.</summary>
    public void Remove(string id)
    {
        Section(_root, "profiles").Remove(id);
        foreach (JsonObject document in StateDocuments())
        {
            (document["usageStats"] as JsonObject)?.Remove(id);
            RemoveWhere(document["lastGood"] as JsonObject, value => IsText(value, id));
            if (document["order"] is not JsonObject orders) continue;
            foreach (JsonArray order in orders.Select(entry => entry.Value).OfType<JsonArray>())
            {
                order.RemoveAll(item => IsText(item, id));
            }
            RemoveWhere(orders, value => value is JsonArray { Count: 0 });
        }
    }

    /// <summary>Takes ids out of every order. An order left empty goes too.</summary>
    /// <returns>Whether any was there.</returns>
    public bool RemoveReferences(IReadOnlyCollection<string> ids)
    {
        bool removed = false;
        foreach (JsonObject document in StateDocuments())
        {
            if (document["order"] is not JsonObject orders) continue;
            foreach ((string provider, JsonNode? node) in orders.ToList())
            {
                if (node is not JsonArray order || order.RemoveAll(item => ids.Any(id => IsText(item, id))) == 0) continue;
                removed = true;
                if (order.Count == 0) orders.Remove(provider);
            }
        }
        return removed;
    }

    /// <summary>Forgets the use of a profile.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool ForgetUse(string id)
    {
        bool known = StateDocuments().Any(document => document["lastGood"] is JsonObject lastGood && lastGood.Any(entry => IsText(entry.Value, id)));
        ForgetLastGood(id);
        foreach (JsonObject document in StateDocuments()) known |= (document["usageStats"] as JsonObject)?.Remove(id) == true;
        return known;
    }

    /// <summary>Removes an entry of <c>profiles</c> alone: an order that names it means another of the same id.</summary>
    /// <returns>Whether it was there.</returns>
    public bool TakeProfile(string id) => Section(_root, "profiles").Remove(id);

    /// <summary>Gives a member of a profile another name, in its place.</summary>
    /// <returns>Whether it was there, and the name was free.</returns>
    public bool RenameIn(string id, string name, string newName)
    {
        if (Section(_root, "profiles")[id] is not JsonObject entry || !entry.ContainsKey(name)) return false;
        // One that is there and says something stays; an empty one is in the way.
        if (entry[newName] is JsonValue present && !(present.TryGetValue(out string? text) && string.IsNullOrWhiteSpace(text))) return false;
        entry.Remove(newName);
        RenameMember(entry, name, newName);
        return true;
    }

    /// <summary>Moves a credential that stands beside <c>profiles</c> into it.</summary>
    /// <param name="name">Its name there.</param>
    /// <param name="convert">Makes the id and the entry; null for what is no credential.</param>
    /// <returns>Whether it was moved. One whose id is taken stays.</returns>
    public bool Take(string name, Func<string, JsonObject, (string Id, JsonObject Entry)?> convert)
    {
        if (_root[name] is not JsonObject flat || convert(name, flat) is not var (id, entry) || (_root["profiles"] as JsonObject)?.ContainsKey(id) == true) return false;
        _root.Remove(name);
        Section(_root, "profiles")[id] = entry;
        return true;
    }

    /// <summary>Gives a profile another id, in its place and in every reference.</summary>
    public void Rename(string id, string newId)
    {
        RenameMember(Section(_root, "profiles"), id, newId);
        RenameReferences(id, newId);
    }

    /// <summary>Lets orders and records of use name a profile by another id, which is what a profile of another store's is known by.</summary>
    public void RenameReferences(string id, string newId)
    {
        foreach (JsonObject document in StateDocuments())
        {
            if (document["usageStats"] is JsonObject usage)
            {
                usage.Remove(newId);
                RenameMember(usage, id, newId);
            }
            if (document["lastGood"] is JsonObject lastGood)
            {
                foreach (string provider in lastGood.Where(entry => IsText(entry.Value, id)).Select(entry => entry.Key).ToList()) lastGood[provider] = newId;
            }
            if (document["order"] is not JsonObject orders) continue;
            foreach (JsonArray order in orders.Select(entry => entry.Value).OfType<JsonArray>())
            {
                for (int i = 0; i < order.Count; i++)
                {
                    if (IsText(order[i], id)) order[i] = newId;
                }
            }
        }
    }

    /// <summary>Stores an order under the spelling of the provider that is there, else the given one.</summary>
    public void SetOrder(string provider, IEnumerable<string> ids)
    {
        JsonObject orders = Section(_state ?? _root, "order");
        List<string> spellings = [.. orders.Select(entry => entry.Key).Where(key => ProviderId.Same(key, provider))];
        // The first spelling is the one that readers find; others would come to light when it goes.
        foreach (string other in spellings.Skip(1)) orders.Remove(other);
        orders[spellings.FirstOrDefault() ?? provider] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]);
    }

    /// <summary>Removes a stored order; true if there was one.</summary>
    public bool ClearOrder(string provider)
    {
        bool removed = false;
        foreach (JsonObject document in StateDocuments())
        {
            if (document["order"] is not JsonObject orders) continue;
            foreach (string key in orders.Select(entry => entry.Key).Where(key => ProviderId.Same(key, provider)).ToList()) removed |= orders.Remove(key);
            if (orders.Count == 0) document.Remove("order");
        }
        return removed;
    }

    /// <summary>Forgets that a profile was the last that worked.</summary>
    public void ForgetLastGood(string id)
    {
        foreach (JsonObject document in StateDocuments()) RemoveWhere(document["lastGood"] as JsonObject, value => IsText(value, id));
    }

    /// <summary>Changes what is remembered about the use of a profile, in each file that remembers something.</summary>
    public void ChangeUsage(string id, Action<JsonObject> change)
    {
        JsonObject section = Section(_state ?? _root, "usageStats");
        if (section[id] is not JsonObject stats)
        {
            stats = (_root["usageStats"] as JsonObject)?[id]?.DeepClone() as JsonObject ?? [];
            section[id] = stats;
        }
        change(stats);
    }

    /// <summary>Brings what is remembered about the use of a profile to the given.</summary>
    public void SetUsage(string id, UsageStats stats) => ChangeUsage(id, entry => UsageWriter.Write(entry, stats));

    /// <summary>Ends all waits of a profile, where it has a record: that of a person too.</summary>
    public void EndWaits(string id)
    {
        bool hasRecord = StateDocuments().Any(document => (document["usageStats"] as JsonObject)?[id] is JsonObject);
        if (hasRecord) ChangeUsage(id, entry => UsageWriter.Write(entry, Cooldown.Clear(UsageWriter.Read(entry), includingDisabledByUser: true)));
    }

    /// <summary>Remembers the profile that last worked, under the spelling of the provider that is there, else the given one.</summary>
    public void SetLastGood(string provider, string id)
    {
        JsonObject lastGood = Section(_state ?? _root, "lastGood");
        string spelling = lastGood.Select(entry => entry.Key).FirstOrDefault(key => ProviderId.Same(key, provider)) ?? provider;
        if (!IsText(lastGood[spelling], id)) lastGood[spelling] = id;
    }

    private IEnumerable<JsonObject> StateDocuments() => _state is null ? [_root] : [_root, _state];

    private static JsonObject Section(JsonObject document, string name)
    {
        if (document[name] is JsonObject section) return section;
        section = [];
        document[name] = section;
        return section;
    }

    private static void RenameMember(JsonObject document, string name, string newName)
    {
        int index = document.IndexOf(name);
        if (index < 0) return;
        JsonNode? value = document[name];
        document.RemoveAt(index);
        document.Insert(index, newName, value);
    }

    private static void RemoveWhere(JsonObject? document, Func<JsonNode?, bool> condition)
    {
        foreach (string key in document?.Where(entry => condition(entry.Value)).Select(entry => entry.Key).ToList() ?? []) document!.Remove(key);
    }

    private static bool IsText(JsonNode? node, string text)
        => node is JsonValue value && value.TryGetValue(out string? found) && found.Trim() == text;
}
