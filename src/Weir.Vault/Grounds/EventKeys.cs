// SPDX-License-Identifier: Apache-2.0
//
// The ring that grounds are verified with: keys of those who sign events, and the vault's own, for its grants.
using Microsoft.Extensions.Logging;
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;
using Weir.Hosting.Files;
using Weir.Vault.Chain;
using Weir.Vault.Keys;

namespace Weir.Vault.Grounds;

/// <summary>Verifies orders. Safe for any thread.</summary>
internal sealed class EventKeys
{
    private const int MaxFileOctets = 64 << 10;

    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(1);

    private readonly GroundsOptions _options;
    private readonly GrantKey _own;
    private readonly TimeProvider _time;
    private readonly ILogger<EventKeys> _log;
    private readonly Lock _reading = new();
    private long _readAt;
    private PublicKeyRing _ring;
    private string _fault = "";

    /// <exception cref="InvalidDataException">A key is given to two, or is the vault's own.</exception>
    public EventKeys(GroundsOptions options, GrantKey own, TimeProvider time, ILogger<EventKeys> log)
    {
        (_options, _own, _time, _log) = (options, own, time, log);
        _ring = Read();
        _readAt = time.GetTimestamp();
    }

    /// <summary>Which keys are missing, and why; empty where none is.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Whether an order follows from its grounds.</summary>
    public GroundsVerdict Verify(ScopeOrder order)
    {
        var verdict = ScopeGrounds.Verify(order, Volatile.Read(ref _ring), _options.Limits);
        return verdict is { Fault: GroundsFault.NotSigned, Signature: EnvelopeFault.UnknownKey } && Reread()
            ? ScopeGrounds.Verify(order, Volatile.Read(ref _ring), _options.Limits)
            : verdict;
    }

    /// <returns>Whether the files were read again.</returns>
    private bool Reread()
    {
        lock (_reading)
        {
            if (_options.Keys.All(one => one.File is null) || _time.GetElapsedTime(_readAt) < ReadAgain)
            {
                return false;
            }

            _readAt = _time.GetTimestamp();
            try
            {
                Volatile.Write(ref _ring, Read());
                return true;
            }
            catch (InvalidDataException fault)
            {
                Volatile.Write(ref _fault, fault.Message);
                _log.KeysMissing(fault.Message);
                return false;
            }
        }
    }

    private PublicKeyRing Read()
    {
        List<(KeyHolder Holder, PublicKey Key)> keys = [(new("vault", "vault"), _own.Key.Public)];
        List<string> missing = [];
        foreach (var (holder, given, file) in _options.Keys)
        {
            if ((given ?? ReadFile(file, holder)) is { } key)
            {
                keys.Add((holder, key));
            }
            else
            {
                missing.Add($"{holder}: {file ?? "no key"}");
            }
        }

        try
        {
            var ring = new PublicKeyRing(ScopeGrounds.Kinds, keys);
            var fault = _options.Keys.Count == 0
                ? "no key of events is configured, so nothing is sealed; name collectors' and the store's keys under "
                    + "vault.event-keys"
                : missing.Count == 0 ? ""
                : $"no key of {string.Join(", ", missing)}; start that process, or name its key under vault.event-keys";
            if (fault != Fault || (fault.Length == 0 && Volatile.Read(ref _ring)?.Count != ring.Count))
            {
                Tell(fault, keys.Count - 1);
            }

            Volatile.Write(ref _fault, fault);
            return ring;
        }
        catch (ArgumentException twice)
        {
            throw new InvalidDataException($"vault.event-keys: {twice.Message}", twice);
        }
    }

    private void Tell(string fault, int keys)
    {
        if (fault.Length > 0)
        {
            _log.KeysMissing(fault);
        }
        else
        {
            _log.KeysKnown(keys);
        }
    }

    /// <summary>The key alone, or its line in a list of every process's: role, name, key.</summary>
    private static PublicKey? ReadFile(string? path, KeyHolder holder)
    {
        try
        {
            if (path is null || new FileInfo(path) is not { Exists: true, Length: < MaxFileOctets })
            {
                return null;
            }

            foreach (var line in OrdinaryFile.Lines(path))
            {
                if ((line.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
                    {
                        [var alone] => alone,
                        [var role, var name, var listed] when role == holder.Role && name == holder.Name => listed,
                        _ => null,
                    }) is { } text
                    && PublicKey.TryParse(text, out var key))
                {
                    return key;
                }
            }

            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
