// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Vault.Gardening;
using Weir.Wire;

namespace Weir.Vault.Serving;

/// <summary>What restrictions ask of the vault about a line; for the desk alone.</summary>
internal sealed class SubscriberLineRequestHandler(VaultDependencies parts, TimeProvider time)
{
    public async Task NetworksAsync(HttpContext context, Peer peer)
    {
        var asked = await VaultRequestHandler.ReadAsync(
            context, SubscriberLineJsonContext.Default.SubscriberLineRequest);
        var networks = await new SubscriberLineLocator(parts, peer.Name, time)
            .NetworksAsync(VaultText.Case(asked.Case), VaultText.Scope(asked.Scope), asked.V6, context.RequestAborted);
        await VaultRequestHandler.AnswerAsync(
            context, new SubscriberLineResponse([.. networks.Select(network => network.ToString())]),
            SubscriberLineJsonContext.Default.SubscriberLineResponse);
    }

    public async Task ProtectedAsync(HttpContext context, Peer peer)
    {
        var asked = await VaultRequestHandler.ReadAsync(context, SubscriberLineJsonContext.Default.ProtectionRequest);
        var isProtected = await new SubscriberLineLocator(parts, peer.Name, time).IsProtectedAsync(
            VaultText.Case(asked.Case), VaultText.Scope(asked.Scope), context.RequestAborted);
        await VaultRequestHandler.AnswerAsync(
            context, new ProtectionResponse(isProtected), SubscriberLineJsonContext.Default.ProtectionResponse);
    }

    public async Task GardenAsync(HttpContext context, Peer peer)
    {
        var asked = await VaultRequestHandler.ReadAsync(context, SubscriberLineJsonContext.Default.WalledGardenRequest);
        var order = new WalledGardenOrder(
            VaultText.Case(asked.Case), VaultText.Scope(asked.Scope), WalledGardenNames.Parse(asked.Garden),
            asked.By, asked.Reason)
        {
            Exempt = asked.Exempt ?? []
        };
        if (parts.Gardens is not { } gardens)
        {
            await parts.Audit.AppendAsync(
                new AuditEntry
                {
                    Actor = peer.Name,
                    Role = Actor.ToName(Role.Machine),
                    Act = AuditActions.Garden,
                    Outcome = DenyCodes.ToName(DenyCode.ActionNotAllowed),
                    Case = asked.Case,
                    Scope = asked.Scope
                },
                context.RequestAborted);
            throw new VaultRefusedException(DenyCode.ActionNotAllowed, "no garden is configured; write vault.garden in "
                + "the vault's configuration (docs/27-garden.md) and start the vault again");
        }

        // Not cut off with the connection: what was sent must come into the book, so that a repeat knows of it.
        var proof = await gardens.ApplyAsync(order, peer.Name, CancellationToken.None);
        await VaultRequestHandler.AnswerAsync(
            context, new WalledGardenResponse(proof.IsDone, proof.Way, proof.Reply, proof.At),
            SubscriberLineJsonContext.Default.WalledGardenResponse);
    }

    public static WalledGardenHealth? HealthOf(WalledGardenController? gardens) => gardens?.Counts is { } counts
        ? new(
            gardens.Standing, counts.Asked, counts.Done, counts.Again, counts.Failed, counts.Refused, counts.Reapplied,
            counts.Sent, counts.Forged)
        : null;
}
