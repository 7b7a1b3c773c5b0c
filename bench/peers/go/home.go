package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"bench.invalid/gateway/benchpb"
)

const deadline = 2 * time.Second

// home asks three services at once and answers with one document.
type home struct {
	users benchpb.UserServiceClient
	links benchpb.LinkServiceClient
	items benchpb.ItemServiceClient
}

type shownItem struct {
	Sku      string `json:"sku"`
	Name     string `json:"name"`
	Currency string `json:"currency"`
}

type shownHome struct {
	User  json.RawMessage   `json:"user"`
	Links []json.RawMessage `json:"links"`
	Items []shownItem       `json:"items"`
	Total int32             `json:"total"`
}

func newHome(connections []*grpc.ClientConn) *home {
	return &home{
		users: benchpb.NewUserServiceClient(connections[0]),
		links: benchpb.NewLinkServiceClient(connections[1]),
		items: benchpb.NewItemServiceClient(connections[2]),
	}
}

func (h *home) serve(w http.ResponseWriter, r *http.Request, path map[string]string) {
	ctx, cancel := context.WithTimeout(r.Context(), deadline)
	defer cancel()
	document, err := h.ask(ctx, path["user_id"])
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(document)
}

func (h *home) ask(ctx context.Context, userID string) ([]byte, error) {
	var (
		user   *benchpb.User
		links  *benchpb.ListLinksResponse
		items  *benchpb.ListItemsResponse
		failed [3]error
		group  sync.WaitGroup
	)
	group.Add(3)
	go func() {
		defer group.Done()
		user, failed[0] = h.users.GetUser(ctx, &benchpb.GetUserRequest{UserId: userID})
	}()
	go func() {
		defer group.Done()
		request := &benchpb.ListLinksRequest{UserId: userID, PageSize: 20}
		links, failed[1] = h.links.ListLinks(ctx, request)
	}()
	go func() {
		defer group.Done()
		request := &benchpb.ListItemsRequest{UserId: userID, PageSize: 100}
		items, failed[2] = h.items.ListItems(ctx, request)
	}()
	group.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return shown(user, links, items)
}

func shown(
	user *benchpb.User, links *benchpb.ListLinksResponse, items *benchpb.ListItemsResponse,
) ([]byte, error) {
	var err error
	document := shownHome{
		Links: make([]json.RawMessage, len(links.Links)),
		Items: make([]shownItem, len(items.Items)),
		Total: links.TotalSize,
	}
	if document.User, err = fragment(user); err != nil {
		return nil, err
	}
	for index, link := range links.Links {
		if document.Links[index], err = fragment(link); err != nil {
			return nil, err
		}
	}
	for index, item := range items.Items {
		document.Items[index] = shownItem{item.Sku, item.Name, item.Currency}
	}
	return json.Marshal(document)
}

func fragment(message proto.Message) (json.RawMessage, error) {
	return protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(message)
}
