// SPDX-License-Identifier: Apache-2.0
//
// The brake where something leaves (rules.md R21): store and vault count for themselves the lines that they are brought
// orders for, by the events that collectors signed, so that a desk that was taken over gets no more lines of one listed
// network in a day than the bound, whatever it says of it. What two people decided is kept in a file.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Braking;
using Weir.Contracts.Grounds;
using Weir.Hosting.Files;
using Weir.Wire;

namespace Weir.Hosting.Braking;

/// <summary>What two people decided of a network.</summary>
/// <param name="IsReleased">It makes cases; else nothing comes of it.</param>
/// <param name="Until">And then it is counted anew.</param>
internal sealed record DecidedNetwork(bool IsReleased, DateTimeOffset Until);

/// <summary>Judges orders by the lines of their networks. Safe for any thread.</summary>
public sealed class OrderBrake
{
    /// <summary>How long what two people decided holds.</summary>
    public static readonly TimeSpan DecidedFor = TimeSpan.FromDays(30);

    /// <summary>And a release is known so much longer: orders of cases that it let open are brought as long.</summary>
    private static readonly TimeSpan ReleaseKnown = TimeSpan.FromDays(70);

    private readonly Lock _gate = new();
    private readonly NetworkLines _lines;
    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, DecidedNetwork> _decided;
    private readonly CountedLines? _counted;

    /// <param name="file">Where decisions are kept.</param>
    /// <param name="bound">Lines of a network on a day; <see cref="int.MaxValue"/> for no brake.</param>
    /// <param name="time">Clock.</param>
    /// <param name="counted">Keeps the lines over a restart; null where who has them says which they were.</param>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public OrderBrake(string file, int bound, TimeProvider time, CountedLines? counted = null)
    {
        (_lines, _file, _time, _counted) = (new(bound), file, time, counted);
        foreach (var line in counted?.All ?? [])
        {
            _lines.Restore(line);
        }

        try
        {
            _decided = File.Exists(file)
                ? JsonSerializer.Deserialize(
                    BrakeFile.Use(file, () => File.ReadAllText(file)),
                    DecidedJson.Default.DictionaryStringDecidedNetwork) ?? []
                : [];
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException(
                $"{file} holds no decisions about listed networks ({damaged.Message}); restore it, or remove it and "
                    + "have the networks released again", damaged);
        }
    }

    /// <summary>Counts a line that was within before a restart.</summary>
    public void Restore(in BrakedContact contact)
    {
        lock (_gate)
        {
            _lines.Restore(contact);
        }
    }

    /// <summary>Whether something may come of an order whose grounds were verified.</summary>
    /// <exception cref="IOException">Its line could not be kept: nothing may come of it.</exception>
    public bool Admits(ScopeOrder order)
    {
        if (_lines.Bound == int.MaxValue || !ListedNetwork.TryOf(order, out var contact))
        {
            return true;
        }

        lock (_gate)
        {
            var decided = _decided.GetValueOrDefault(contact.Value.Network.ToString());
            if (decided is { IsReleased: true }
                && contact.Value.Day <= ListedNetwork.DayOf(decided.Until.ToUnixTimeMilliseconds()))
            {
                return true;
            }

            return decided is not null && decided.Until > _time.GetUtcNow()
                ? decided.IsReleased : Count(contact.Value);
        }
    }

    /// <summary>A line is kept before it is counted: what the disk refused is not within when it is asked for again.
    /// </summary>
    private bool Count(BrakedContact contact)
    {
        if (_counted is null)
        {
            return _lines.TryAdd(contact);
        }

        var hidden = _counted.Hide(contact);
        if (!_lines.IsWithin(hidden) && _lines.HasRoom(hidden))
        {
            _counted.Add(hidden);
        }

        return _lines.TryAdd(hidden);
    }

    /// <summary>Keeps what two people decided; durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Decide(Prefix network, bool isReleased)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var next = _decided.Where(one =>
                one.Value.Until + (one.Value.IsReleased ? ReleaseKnown : TimeSpan.Zero) > now).ToDictionary();
            next[network.ToString()] = new(isReleased, now + DecidedFor);
            var text = JsonSerializer.Serialize(next, DecidedJson.Default.DictionaryStringDecidedNetwork);
            BrakeFile.Use(_file, () => AtomicFile.Write(_file, text));
            _decided.Clear();
            foreach (var (name, one) in next)
            {
                _decided.Add(name, one);
            }
        }
    }

    /// <summary>For who is refused.</summary>
    public static string Sentence(ScopeOrder order) =>
        $"the brake holds {NetworkOf(order)}, the listed network of scope {order.Id}: more lines met it than may "
        + "become cases in a day; two people release or drop it: weir watchlist networks";

    private static string NetworkOf(ScopeOrder order) =>
        ListedNetwork.TryOf(order, out var contact) ? contact.Value.Network.ToString() : "it";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Dictionary<string, DecidedNetwork>))]
internal sealed partial class DecidedJson : JsonSerializerContext;
