// SPDX-License-Identifier: Apache-2.0
//
// Acts of customers that the desk has not taken yet, a file for each case, sealed under a key derived from the case's
// own and destroyed with it: what a customer wrote lies in clear nowhere.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Customers;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Vault.Sealing;

namespace Weir.Vault.Customers;

/// <summary>Keeps them. Safe for any thread.</summary>
internal sealed class CustomerActStore
{
    /// <summary>Most that wait of one case; who does more is asked to wait.</summary>
    public const int MaxWaiting = 50;

    private const string Beside = "acts";

    private readonly Lock _gate = new();
    private readonly CaseSealStore _seals;
    private readonly List<(CustomerAct Act, Envelope Signed)> _waiting = [];

    /// <exception cref="InvalidDataException">What waits cannot be read.</exception>
    public CustomerActStore(CaseSealStore seals)
    {
        _seals = seals;
        foreach (var id in seals.All())
        {
            foreach (var signed in Read(id))
            {
                _waiting.Add(CustomerActDocument.TryRead(signed, out var act) ? (act, signed)
                    : throw new InvalidDataException(
                        $"{id}: the acts beside its seal cannot be read; restore the file, or remove it"));
            }
        }

        _waiting.Sort((one, other) => one.Act.At.CompareTo(other.Act.At));
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Envelope> Waiting
    {
        get
        {
            lock (_gate)
            {
                return [.. _waiting.Select(one => one.Signed)];
            }
        }
    }

    /// <summary>Whether a case has room for one more.</summary>
    public bool HasRoom(CaseId id)
    {
        lock (_gate)
        {
            return _waiting.Count(one => one.Act.Case == id) < MaxWaiting;
        }
    }

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="InvalidDataException">The case has no key any more.</exception>
    public void Add(CustomerAct act, Envelope signed)
    {
        lock (_gate)
        {
            _waiting.Add((act, signed));
            try
            {
                Write(act.Case);
            }
            catch
            {
                _waiting.RemoveAt(_waiting.Count - 1);
                throw;
            }
        }
    }

    /// <summary>Durable when it returns.</summary>
    public void Remove(IReadOnlySet<string> ids)
    {
        lock (_gate)
        {
            var cases = _waiting.Where(one => ids.Contains(one.Act.Id)).Select(one => one.Act.Case).ToHashSet();
            _waiting.RemoveAll(one => ids.Contains(one.Act.Id));
            foreach (var id in cases.Where(id => _seals.Open(id) is not null))
            {
                Write(id);
            }
        }
    }

    /// <summary>Forgets what waits of a case whose key goes.</summary>
    public void Forget(CaseId id)
    {
        lock (_gate)
        {
            _waiting.RemoveAll(one => one.Act.Case == id);
        }
    }

    private List<Envelope> Read(CaseId id) => _seals.OpenBeside(id, Beside) is { } plain
        ? JsonSerializer.Deserialize(plain, CustomerActsJson.Default.ListEnvelope) ?? []
        : [];

    private void Write(CaseId id) => _seals.CloseBeside(
        id, Beside, JsonSerializer.SerializeToUtf8Bytes(
            [.. _waiting.Where(one => one.Act.Case == id).Select(one => one.Signed)],
            CustomerActsJson.Default.ListEnvelope));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(List<Envelope>))]
internal sealed partial class CustomerActsJson : JsonSerializerContext;
