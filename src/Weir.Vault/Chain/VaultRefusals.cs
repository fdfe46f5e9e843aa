// SPDX-License-Identifier: Apache-2.0
//
// Between the routes and what the vault does: the number is checked before anything else, and whatever is thrown
// becomes a refusal with its code, which is counted. Who refuses on grounds has its entry on the chain by then, or is
// counted in one (RefusalsTogether).
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Wire;

namespace Weir.Vault.Chain;

/// <summary>Answers requests. Safe for any thread.</summary>
internal sealed class VaultRefusals(ReleaseChain chain, ILogger<VaultRefusals> log)
{
    /// <summary>What makes something leave.</summary>
    /// <exception cref="PeerRefusalException">It is refused, or cannot be done now.</exception>
    public Task<T> AnswerAsync<T>(PeerCall call, string number, Func<Asker, Task<T>> answer)
    {
        chain.RequireNumber(number);
        return AnswerAsync(call, () => answer(new Asker(call.Peer.Name, number)));
    }

    /// <summary>What tells of nobody, or a key, which has an entry without a number.</summary>
    /// <exception cref="PeerRefusalException">It is refused, or cannot be done now.</exception>
    public async Task<T> AnswerAsync<T>(PeerCall call, Func<Task<T>> answer)
    {
        try
        {
            var result = await answer();
            chain.CountRelease(call.Route);
            return result;
        }
        catch (VaultRefusedException refused)
        {
            throw chain.Refuse(refused.Word, refused.Message, StatusCodes.Status403Forbidden);
        }
        catch (EpochKeyException gone)
        {
            throw chain.Refuse(VaultCodes.NoEpochKey, gone.Message, StatusCodes.Status410Gone);
        }
        catch (Exception bad) when (bad is FormatException or JsonException)
        {
            throw chain.Refuse(PeerCodes.Malformed, bad.Message, StatusCodes.Status400BadRequest);
        }
        catch (AuditException fault)
        {
            log.RequestFailed(call.Route, fault.Message);
            throw chain.Down(PeerCodes.AuditDown, fault.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            log.RequestFailed(call.Route, fault.Message);
            throw chain.Down(VaultCodes.VaultDown, fault.Message);
        }
    }
}

/// <summary>Values out of text; what is none is a <see cref="FormatException"/>.</summary>
internal static class VaultText
{
    public static CaseId Case(string text) => CaseId.TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not a case: c- and 16 hexadecimal digits");

    public static IpKey Address(string text) => IpKey.TryParse(text, out var address)
        ? address
        : throw new FormatException("an address is written 192.0.2.7 or 2001:db8::7");
}
