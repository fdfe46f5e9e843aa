// SPDX-License-Identifier: Apache-2.0
//
// Endpoints that somebody doubts: until two people let them go on they make no event and rest no block, whatever lists
// say of them. Lists stay as they are. Kept beside the records, read as every other list, and written before it is
// told.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists;

/// <summary>One that is held.</summary>
/// <param name="Endpoint">As people write it.</param>
/// <param name="At">Since when.</param>
/// <param name="By">Who held it.</param>
/// <param name="Reason">As they said.</param>
internal sealed record HeldEndpoint(string Endpoint, DateTimeOffset At, string By, string Reason);

/// <summary>All of them. Safe for any thread.</summary>
/// <param name="folder">Of the desk's records.</param>
internal sealed class HeldEndpoints(string folder) : IKeptList
{
    public const string Name = "held-endpoints";

    private readonly Lock _turn = new();
    private readonly string _list = Path.Combine(folder, $"{Name}.txt");
    private readonly string _state = Path.Combine(folder, $"{Name}.json");
    private ListRefresher? _refresher;
    private HeldEndpoint[]? _all;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<HeldEndpoint> All
    {
        get
        {
            lock (_turn)
            {
                return Read();
            }
        }
    }

    /// <inheritdoc/>
    public FeedOptions Open()
    {
        lock (_turn)
        {
            Write(Read());
        }

        return new FeedOptions { Path = _list, Name = Name, Role = ListRole.Allow };
    }

    public void RefreshWith(ListRefresher refresher) => _refresher = refresher;

    /// <summary>The one of an endpoint; null where it is not held.</summary>
    public HeldEndpoint? Find(Endpoint endpoint) => All.FirstOrDefault(one => one.Endpoint == endpoint.ToString());

    /// <summary>Holds one, or says more of one that is held.</summary>
    /// <exception cref="IOException">It could not be written; nothing changed.</exception>
    public void Put(HeldEndpoint one) => Change(all => [.. all.Where(other => other.Endpoint != one.Endpoint), one]);

    /// <summary>Lets one go on.</summary>
    /// <exception cref="IOException">It could not be written; nothing changed.</exception>
    public void Remove(HeldEndpoint one) => Change(all => [.. all.Where(other => other.Endpoint != one.Endpoint)]);

    private void Change(Func<HeldEndpoint[], HeldEndpoint[]> change)
    {
        lock (_turn)
        {
            var next = change(Read());
            Write(next);
            _all = next;
        }

        _ = _refresher?.Refresh();
        if (_refresher?.States.FirstOrDefault(list => list.Path == _list) is { Fault: { Length: > 0 } fault })
        {
            throw new IOException($"what is held stands in {_list}, but the list cannot be read: {fault}");
        }
    }

    private HeldEndpoint[] Read()
    {
        try
        {
            return _all ??= KeyFile.ReadIfAny(_state) is { } kept
                ? JsonSerializer.Deserialize(kept, HeldEndpointsJson.Default.HeldEndpointArray) ?? []
                : [];
        }
        catch (JsonException fault)
        {
            throw new IOException(
                $"{_state} is no list of held endpoints: {fault.Message}; put a good copy back", fault);
        }
    }

    private void Write(HeldEndpoint[] all)
    {
        AtomicFile.Write(_state, JsonSerializer.Serialize(all, HeldEndpointsJson.Default.HeldEndpointArray));
        AtomicFile.Write(_list, string.Concat(all.Select(one => $"{LineOf(one)}\n").Prepend(
            "# endpoints that are held until two people let them go on\n")));
    }

    /// <summary>As lists have it: without the protocol.</summary>
    private static string LineOf(HeldEndpoint one)
    {
        var end = one.Endpoint.Split('/')[0];
        return end.EndsWith(":0", StringComparison.Ordinal) ? end[..^2].Trim('[', ']') : end;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeldEndpoint[]))]
internal sealed partial class HeldEndpointsJson : JsonSerializerContext;
